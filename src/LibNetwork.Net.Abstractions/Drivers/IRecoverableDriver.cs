namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: reads from the kernel what it built there, when the store has lost its record. Found by a type test.</summary>
/// <remarks>
/// The controller calls this at a start, before anything is taken up. It puts what is found on record, and everything goes on as if it had
/// been there all the time: <see cref="INetworkDriver.CreateNetworkAsync"/>, <see cref="IRestorableDriver.RestoreJoinAsync"/>.
/// </remarks>
public interface IRecoverableDriver
{
    /// <summary>Reads the driver's networks and joined endpoints from the kernel, and changes nothing.</summary>
    ValueTask<RecoveredNetworks> RecoverAsync(CancellationToken cancellationToken = default);
}
