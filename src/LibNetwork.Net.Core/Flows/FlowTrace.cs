using System.Net;
using LibNetwork.Linux.Nftables;

namespace LibNetwork.Flows;

/// <summary>The steps of a packet's way, as they happen.</summary>
internal sealed class FlowTrace
{
    private readonly List<FlowStep> _steps = [];

    public IReadOnlyList<FlowStep> Steps => _steps;

    /// <summary>Where what follows happens.</summary>
    public string Place { get; set; } = string.Empty;

    /// <summary>What comes behind.</summary>
    public void Append(FlowTrace other) => _steps.AddRange(other._steps);

    public void Add(FlowStepKind kind, string text, Packet packet) => _steps.Add(Step(kind, text, packet));

    /// <summary>An answer is translated as its flow was, which takes no rule.</summary>
    public void AddTranslationBack(NftHook hook, Packet before, Packet after)
    {
        if (ChangeOf(before, after) is { } change)
        {
            _steps.Add(Step(FlowStepKind.Translation, $"{hook.ToString().ToLowerInvariant()}: as the flow was translated, {change}", after));
        }
    }

    public void AddRule(FlowRule rule, Packet before, Packet after)
    {
        string? change = ChangeOf(before, after);
        FlowStepKind kind = change is null ? FlowStepKind.Rule : FlowStepKind.Translation;
        string? result = change ?? (rule.Text.Contains(" vmap ", StringComparison.Ordinal) ? rule.Verdict : null);   // a map's word is not in the rule
        string text = result is null ? $"{rule.Hook}: {rule}" : $"{rule.Hook}: {rule}: {result}";
        _steps.Add(Step(kind, text, after) with { Rule = rule });
    }

    private static string? ChangeOf(Packet before, Packet after)
        => after.Destination.Equals(before.Destination) && after.DestinationPort == before.DestinationPort
            ? after.Source.Equals(before.Source) && after.SourcePort == before.SourcePort ? null : $"the source becomes {SourceOf(after)}"
            : $"the destination becomes {new IPEndPoint(after.Destination, after.DestinationPort)}";

    private static string SourceOf(Packet packet)
        => packet.SourcePort is { } port ? new IPEndPoint(packet.Source, port).ToString() : packet.Source.ToString();

    private FlowStep Step(FlowStepKind kind, string text, Packet packet) => new()
    {
        Kind = kind,
        Place = Place,
        Text = text,
        Source = new IPEndPoint(packet.Source, packet.SourcePort ?? 0),
        Destination = new IPEndPoint(packet.Destination, packet.DestinationPort),
        IsAnswer = packet.IsAnswer,
    };
}
