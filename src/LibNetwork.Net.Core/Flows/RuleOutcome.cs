namespace LibNetwork.Flows;

/// <summary>What a rule did.</summary>
/// <param name="Effect">With the packet.</param>
/// <param name="Packet">The packet behind it.</param>
/// <param name="Chain">Where it jumps or goes to.</param>
internal readonly record struct RuleOutcome(RuleEffect Effect, Packet Packet, string? Chain = null);
