namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: can act on another host, so that a verb is carried out there to see what it asks of the kernel. Found by a type test.</summary>
public interface IRehearsableDriver
{
    /// <summary>A driver with the same settings and nothing of this one's networks, which acts on another host.</summary>
    /// <param name="host">
    /// The other host's services: <c>HostKernel</c>, <see cref="Firewall.INetworkFirewall"/>, <see cref="Publishing.IPortPublisher"/>, <see cref="TimeProvider"/>.
    /// </param>
    INetworkDriver OnHost(IServiceProvider host);
}
