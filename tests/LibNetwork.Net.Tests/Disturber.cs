using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Nftables;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Tests;

/// <summary>Somebody who changes a world's kernel behind the controller's back, with sockets of their own.</summary>
internal sealed class Disturber : IAsyncDisposable
{
    private readonly HostKernel _kernel;

    private Disturber(HostKernel kernel) => _kernel = kernel;

    /// <summary>Somebody on the host, or with the path of a namespace, in there.</summary>
    public static Disturber In(string namespacePath) => new(HostKernel.Open(new HostKernelOptions { NamespacePath = namespacePath }));

    public Task ChangeLinkAsync(string name, LinkChange change) => RouteAsync(route => route.Batch.ChangeLink(name, change));

    public Task DeleteLinkAsync(string name) => RouteAsync(route => route.Batch.DeleteLink(name));

    public Task RemoveAddressesAsync(string name) => RouteAsync(route =>
    {
        int index = IndexOf(route, name);
        foreach (AddressInfo address in route.DumpAddresses(index))
        {
            route.Batch.RemoveAddress(index, address.Address, address.PrefixLength);
        }
    });

    public Task RemoveRoutesAsync(Func<RouteInfo, bool> which) => RouteAsync(route =>
    {
        foreach (RouteInfo found in route.DumpRoutes().Where(which))
        {
            route.Batch.RemoveRoute(new RouteSpec { Destination = found.Destination, Table = found.Table, OutputInterface = found.OutputInterface });
        }
    });

    public Task SetSysctlAsync(string key, string value) => RunAsync(session => session.WriteSysctl(session.HostNamespace, key, value));

    /// <summary>What <c>nft flush ruleset</c> does, or the same for the tables of one name.</summary>
    public Task DeleteTablesAsync(string? name = null) => ChangeRulesAsync((socket, transaction) =>
    {
        foreach (NftTable table in socket.ReadRuleset(family: null, name).Tables)
        {
            transaction.DeleteTable(table.Family, table.Name);
        }
    });

    public Task ChangeRulesAsync(Action<NftSocket, NftTransaction> change) => RunAsync(session =>
    {
        NftTransaction transaction = session.Nftables.Begin();
        change(session.Nftables, transaction);
        session.Nftables.Commit(transaction);
    });

    public Task RouteAsync(Action<RtNetlink> change) => RunAsync(session =>
    {
        change(session.Route);
        session.Route.Execute();
    });

    public Task<TResult> ReadAsync<TResult>(Func<KernelSession, TResult> read)
        => _kernel.RunAsync(static (session, read) => read(session), read, World.Cancel).AsTask();

    public ValueTask DisposeAsync() => _kernel.DisposeAsync();

    public static int IndexOf(RtNetlink route, string name)
        => route.FindLink(name)?.Index ?? throw new InvalidOperationException($"There is no interface \"{name}\".");

    private Task<bool> RunAsync(Action<KernelSession> change) => ReadAsync(session =>
    {
        change(session);
        return true;
    });
}
