namespace LibNetwork.Ipam;

/// <summary>Optional part of an IPAM driver: can be had again without what it has given out, to see what it would give. Found by a type test.</summary>
public interface IRehearsableIpamDriver
{
    /// <summary>A driver with the same settings, from which nothing is taken; the controller takes again what is on record.</summary>
    IIpamDriver ForRehearsal();
}
