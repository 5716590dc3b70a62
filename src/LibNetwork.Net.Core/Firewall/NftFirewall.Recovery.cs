using System.Net;

namespace LibNetwork.Firewall;

internal sealed partial class NftFirewall
{
    /// <summary>The published ports of an earlier process, each with the address of its endpoint.</summary>
    public ValueTask<ILookup<IPAddress, PortBinding>> ReadBindingsAsync(CancellationToken cancellationToken)
        => kernel.RunAsync(
            static (session, _) => RoutedTable.ReadBindings(session.Nftables.ReadRuleset(family: null, RoutedTable.Table))
                .ToLookup(pair => pair.Container, pair => pair.Binding),
            0,
            cancellationToken);
}
