using Microsoft.Extensions.Hosting;

namespace LibNetwork.Hosting;

/// <summary>Takes up what an earlier process left, before any other service of the host starts.</summary>
internal sealed class RestoreAtStart(INetworkController controller) : IHostedLifecycleService
{
    /// <summary>What was found; <see langword="null"/> until then.</summary>
    public RestoreReport? Report { get; private set; }

    /// <summary>Why nothing was found.</summary>
    public Exception? Failure { get; private set; }

    /// <remarks>All services' starting comes before any service's start: whoever uses the controller there finds everything.</remarks>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            Report = await controller.RestoreAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Failure = exception;
            throw;   // the host does not start on a host that it cannot know
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
