using System.Net;

namespace LibNetwork.Flows;

/// <summary>One step on a packet's way.</summary>
public sealed record FlowStep
{
    /// <summary>What kind of step it is.</summary>
    public required FlowStepKind Kind { get; init; }

    /// <summary>Where it happens: <c>host</c>, or for example <c>sandbox "web"</c>.</summary>
    public required string Place { get; init; }

    /// <summary>The step in words.</summary>
    public required string Text { get; init; }

    /// <summary>The rule, for <see cref="FlowStepKind.Rule"/> and <see cref="FlowStepKind.Translation"/>.</summary>
    public FlowRule? Rule { get; init; }

    /// <summary>The flow's source after the step. The port is 0 while it is any.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary>The flow's destination after the step.</summary>
    public required IPEndPoint Destination { get; init; }

    /// <summary>Whether it is a step of the answer, which goes the other way.</summary>
    public bool IsAnswer { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Place}: {Text}";
}
