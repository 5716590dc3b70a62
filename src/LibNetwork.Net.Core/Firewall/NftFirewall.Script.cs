using System.Text;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Nftables.Script;

namespace LibNetwork.Firewall;

/// <content>The rules as text.</content>
internal sealed partial class NftFirewall : IScriptedFirewall
{
    /// <summary>Whether rules are put in place at all, and not only told.</summary>
    public bool IsInForce => mode != FirewallMode.None;

    /// <summary>A firewall with the same settings and nothing in it, for another host.</summary>
    public NftFirewall OnHost(HostKernel other) => new(other, time, mode, foreignFirewall);

    private bool IsOnlyTold => _replacing || !IsInForce;

    public async ValueTask<string> GetScriptAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await kernel.RunAsync(static (session, self) => self.WriteScript(session), this, cancellationToken).ConfigureAwait(false);
        }
        catch (NotSupportedException exception)
        {
            throw new NetworkException(NetworkErrorKind.NotSupported, "firewall", $"its rules cannot be told as text: {exception.Message}", exception)
            {
                Remedy = "choose names of interfaces without quotes, and no egress policies",
            };
        }
    }

    private string WriteScript(KernelSession session)
    {
        if (!_egress.IsEmpty)
        {
            throw new NotSupportedException("nft's language has no words for what an endpoint with an egress policy addressed");
        }

        // What the transaction would make where there is nothing; it is never committed.
        NftTransaction transaction = session.Nftables.Begin();
        Write(transaction, new NftRuleset(0, []), isComplete: true);
        StringBuilder script = new();
        foreach (NftFamily family in (NftFamily[])[NftFamily.Inet, NftFamily.Bridge])
        {
            script.Append(NftScript.Remove(family, RoutedTable.Table));   // both tables have one name
            script.Append(transaction.Preview(family, RoutedTable.Table) is { } table ? NftScript.Create(RoutedTable.WithoutEgress(table)) : string.Empty);
        }

        return script.ToString();
    }
}
