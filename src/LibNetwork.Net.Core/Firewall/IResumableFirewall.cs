namespace LibNetwork.Firewall;

/// <summary>Optional part of a firewall: goes on from what is in place, without looking at it.</summary>
internal interface IResumableFirewall
{
    /// <summary>Which tables are in place: another text when somebody removed or replaced one.</summary>
    /// <returns><see langword="null"/> when what is in place cannot be known without looking at all of it.</returns>
    ValueTask<string?> ReadIdentityAsync(CancellationToken cancellationToken);

    /// <summary>Runs changes that are in place already, as an earlier process made them.</summary>
    /// <param name="changes">The changes.</param>
    /// <param name="isComplete">Whether nothing else is in place.</param>
    /// <param name="cancellationToken">Cancels the wait for a turn.</param>
    ValueTask ResumeAsync(Func<Task> changes, bool isComplete, CancellationToken cancellationToken);
}
