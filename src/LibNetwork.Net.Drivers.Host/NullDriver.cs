namespace LibNetwork.Drivers.Host;

/// <summary>Sandboxes with a loopback interface only.</summary>
internal sealed class NullDriver : SingletonDriver
{
    public override string Name => "null";

    public override INetworkDriver OnHost(IServiceProvider host) => new NullDriver();
}
