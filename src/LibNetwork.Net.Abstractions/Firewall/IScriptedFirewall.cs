namespace LibNetwork.Firewall;

/// <summary>Optional part of a firewall: says as text which rules it wants in the kernel. Found by a type test.</summary>
public interface IScriptedFirewall
{
    /// <summary>The rules that networks, endpoints and ports need at this moment, for <c>nft -f</c>, which replaces in one transaction what it loaded before.</summary>
    ValueTask<string> GetScriptAsync(CancellationToken cancellationToken = default);
}
