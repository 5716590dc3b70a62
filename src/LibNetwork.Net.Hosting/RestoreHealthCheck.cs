using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LibNetwork.Hosting;

/// <summary>Unhealthy until the state is taken up, degraded when some of it could not be, healthy otherwise.</summary>
internal sealed class RestoreHealthCheck(RestoreAtStart restore, INetworkController controller) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (restore.Report is not { } report)
        {
            return Task.FromResult(new HealthCheckResult(
                context.Registration.FailureStatus, "The networks of an earlier process are not taken up.", restore.Failure));
        }

        Dictionary<string, object> data = new()
        {
            ["networks"] = controller.Networks.Count,
            ["sandboxes"] = controller.Sandboxes.Count,
            ["removed at start"] = report.Removed.Count,
            ["not restored"] = report.Failures.Count,
            ["rebuilt from the kernel"] = report.Rebuilt.Count,
            ["not rebuilt"] = report.NotRebuilt.Count,
        };
        string[] missing = [.. report.Failures.Select(static failure => failure.Message), .. report.NotRebuilt];
        return Task.FromResult(missing.Length == 0
            ? HealthCheckResult.Healthy("All that was kept is there.", data)
            : HealthCheckResult.Degraded(
                $"Not everything could be taken up: {string.Join(' ', missing)}", report.Failures.Count > 0 ? report.Failures[0] : null, data));
    }
}
