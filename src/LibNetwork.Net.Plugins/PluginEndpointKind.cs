namespace LibNetwork.Plugins;

/// <summary>Says of a route which kind of driver it belongs to; activation lists the kinds that are there.</summary>
internal sealed record PluginEndpointKind(string Name);
