using System.Globalization;
using System.Text;

namespace LibNetwork.Flows;

/// <summary>What becomes of a flow's first packet and of the answer, and why: their way, as the kernel's rules and routes are at one moment.</summary>
/// <remarks>It is about what the kernel does: a flow that arrives where no process listens is allowed. The last step then says so.</remarks>
public sealed record FlowExplanation
{
    /// <summary>The flow.</summary>
    public required Flow Flow { get; init; }

    /// <summary>The flow in words, with the name of the endpoint that it is from.</summary>
    public required string Subject { get; init; }

    /// <summary>What becomes of it.</summary>
    public required FlowVerdict Verdict { get; init; }

    /// <summary>
    /// Its way in order, up to where it arrives or ends; if it arrives and the answer does not, also the answer's way. While something is not known, the way that it takes if conditions that are not
    /// known do not match.
    /// </summary>
    public required IReadOnlyList<FlowStep> Steps { get; init; }

    /// <summary>
    /// What decided: the rule or obstacle that ends the way; for a flow that is allowed the last rule that let it pass, or
    /// <see langword="null"/> when nothing spoke about it.
    /// </summary>
    public FlowStep? Decision { get; init; }

    /// <summary>
    /// What could not be known: conditions of rules, and rules that cannot be read. With another verdict than
    /// <see cref="FlowVerdict.Unknown"/> it comes to the same whether or not the conditions match; rules that cannot be read are taken to
    /// let it pass.
    /// </summary>
    public IReadOnlyList<string> Unknowns { get; init; } = [];

    /// <summary>Whether it arrives.</summary>
    public bool IsAllowed => Verdict == FlowVerdict.Allowed;

    /// <summary>The whole story, a line for each step.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Subject}: {Verdict.ToString().ToLowerInvariant()}");
        string? place = null;
        foreach (FlowStep step in Steps)
        {
            string now = step.IsAnswer ? $"{step.Place}, the answer" : step.Place;
            if (now != place)
            {
                place = now;
                text.Append(CultureInfo.InvariantCulture, $"\n  {place}");
            }

            text.Append(CultureInfo.InvariantCulture, $"\n  {(ReferenceEquals(step, Decision) ? '>' : ' ')} {step.Text}");
        }

        foreach (string unknown in Unknowns)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n  not known: {unknown}");
        }

        return text.ToString();
    }
}
