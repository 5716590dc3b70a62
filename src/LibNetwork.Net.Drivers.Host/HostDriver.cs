namespace LibNetwork.Drivers.Host;

/// <summary>Sandboxes in the host's own network namespace.</summary>
internal sealed class HostDriver : SingletonDriver
{
    public override string Name => "host";

    public override INetworkDriver OnHost(IServiceProvider host) => new HostDriver();
}
