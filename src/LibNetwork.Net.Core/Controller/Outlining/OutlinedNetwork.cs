namespace LibNetwork.Controller.Outlining;

/// <summary>A network in short.</summary>
internal sealed record OutlinedNetwork(NetworkId Id, string Name);
