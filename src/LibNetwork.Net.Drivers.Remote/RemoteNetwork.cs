namespace LibNetwork.Drivers.Remote;

/// <summary>A network that a plugin has.</summary>
internal sealed record RemoteNetwork(DriverNetworkRequest Request)
{
    public NetworkId Id => Request.Id;

    public string Subject => $"network \"{Request.Name}\"";
}
