namespace LibNetwork;

/// <summary>Optional part of a controller, for processes that live for one verb each: what such a process pays must not grow with the host. Found by a type test.</summary>
public interface IScopedController
{
    /// <summary>
    /// Takes up what a verb of one container on one network needs, in place of <see cref="INetworkController.RestoreAsync"/>: when the process before
    /// left an outline (<see cref="LeaveOutlineAsync"/>) and nobody has touched the packet rules' tables since, only that; otherwise everything.
    /// </summary>
    /// <remarks>
    /// The container's other networks are taken up too. Names and addresses of the rest are kept, so that nobody gets them twice. Networks are made, and
    /// whatever cannot be done with a part is, by a controller that took up everything: when a call fails, dispose of the controller and try with another.
    /// </remarks>
    /// <returns>What was found; <see cref="RestoreReport.Dormant"/> says how much was not looked at.</returns>
    /// <exception cref="InvalidOperationException">The controller is in use already.</exception>
    /// <exception cref="NetworkException">As for <see cref="INetworkController.RestoreAsync"/>; also when something in scope cannot be taken up.</exception>
    Task<RestoreReport> RestorePartAsync(RestoreScope scope, CancellationToken cancellationToken = default);

    /// <summary>
    /// Leaves in the run directory, in short, what is on record, for the next process's <see cref="RestorePartAsync"/>. It is the last thing that a process does, and
    /// only when no verb of it failed; whoever restores takes it away, so that a process that dies leaves none.
    /// </summary>
    /// <returns>Whether it was left; not when something is under way, could not be restored, or is such that only a whole restore knows it.</returns>
    /// <exception cref="IOException">The run directory cannot be written.</exception>
    Task<bool> LeaveOutlineAsync(CancellationToken cancellationToken = default);
}
