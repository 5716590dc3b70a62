using LibNetwork.Drivers;

namespace LibNetwork.Drivers.Overlay;

/// <content>What all hosts of a network must agree on: the VXLAN network identifiers.</content>
internal sealed partial class OverlayDriver : INetworkOptionsDriver, INetworkIdentifierDriver
{
    public ValueTask<IReadOnlyDictionary<string, string>> CompleteOptionsAsync(DriverNetworkRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            Dictionary<string, string> options = new(request.Options);
            options.TryAdd(OverlayLabels.VniList, VnisOf(OverlayNetworkPlan.Of(request, Taken())));
            return ValueTask.FromResult<IReadOnlyDictionary<string, string>>(options);
        }
    }

    public IReadOnlyList<string> GetIdentifiers(IReadOnlyDictionary<string, string> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return [.. OverlayNetworkOptions.Parse("network", options).Vnis.Select(static vni => $"vni {vni}")];
    }
}
