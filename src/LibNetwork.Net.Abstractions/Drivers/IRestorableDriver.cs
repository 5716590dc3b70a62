namespace LibNetwork.Drivers;

/// <summary>Optional part of a driver: takes up what an earlier process built. Found by a type test.</summary>
/// <remarks>
/// At a start the controller calls <see cref="INetworkDriver.CreateNetworkAsync"/> and <see cref="INetworkDriver.CreateEndpointAsync"/> again
/// with what they were called with: a driver finds its network in the kernel and mends it, or builds it anew. Joined endpoints follow here.
/// </remarks>
public interface IRestorableDriver
{
    /// <summary>Takes up a joined endpoint without touching its traffic.</summary>
    /// <returns><see langword="false"/> when its interface is gone; the controller then lets it leave.</returns>
    ValueTask<bool> RestoreJoinAsync(DriverRestoreRequest request, CancellationToken cancellationToken = default);
}
