namespace LibNetwork.Cni.Configuration;

/// <summary>VLANs of a port; only that they are asked for matters, since there are none here.</summary>
internal sealed record VlanTrunk;
