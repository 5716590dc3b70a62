namespace LibNetwork.Controller.Outlining;

/// <summary>What is on record, in short: enough to know what a verb need not look at. The store stays the truth.</summary>
/// <param name="Place">The start of the machine and the network namespace that it is about.</param>
/// <param name="Firewall">Which tables the firewall had.</param>
/// <param name="Networks">All networks.</param>
/// <param name="Sandboxes">All sandboxes.</param>
/// <param name="Endpoints">All endpoints.</param>
internal sealed record Outline(
    string Place,
    string Firewall,
    IReadOnlyList<OutlinedNetwork> Networks,
    IReadOnlyList<OutlinedSandbox> Sandboxes,
    IReadOnlyList<OutlinedEndpoint> Endpoints);
