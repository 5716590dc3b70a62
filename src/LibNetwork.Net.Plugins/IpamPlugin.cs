using System.Net;
using System.Net.Sockets;
using LibNetwork.Ipam;
using LibNetwork.Plugins.Protocol;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Plugins;

/// <summary>An IPAM driver as a plugin. What it gave out it knows again after a restart, so Docker need not ask again.</summary>
internal sealed partial class IpamPlugin(IIpamDriver driver, PluginRecords records, ILogger logger)
{
    private const string Pools = "pool/";
    private const string Addresses = "address/";

    public void Map(PluginRoutes routes)
    {
        PluginJson json = PluginJson.Default;
        routes.Map(
            PluginVerbs.GetIpamCapabilities, json.ReferenceMessage, json.IpamCapabilitiesReply,
            (_, _) => ValueTask.FromResult(new IpamCapabilitiesReply { RequiresMacAddress = driver.Capabilities.RequiresMacAddress }));
        routes.Map(
            PluginVerbs.GetAddressSpaces, json.ReferenceMessage, json.AddressSpacesReply,
            (_, _) => ValueTask.FromResult(new AddressSpacesReply { LocalDefaultAddressSpace = driver.LocalAddressSpace, GlobalDefaultAddressSpace = driver.GlobalAddressSpace }));
        routes.Map(PluginVerbs.RequestPool, json.PoolRequestMessage, json.PoolReply, RequestPoolAsync);
        routes.Map(PluginVerbs.ReleasePool, json.PoolReferenceMessage, ReleasePoolAsync);
        routes.Map(PluginVerbs.RequestAddress, json.AddressMessage, json.AddressReply, RequestAddressAsync);
        routes.Map(PluginVerbs.ReleaseAddress, json.AddressMessage, ReleaseAddressAsync);
    }

    /// <summary>Takes again what an earlier process gave out, when the driver forgets.</summary>
    /// <exception cref="NetworkException">Something cannot be had again; then no verb is served, because what is taken would be given out twice.</exception>
    public async ValueTask RestoreAsync(CancellationToken cancellationToken)
    {
        if (!driver.Capabilities.RequiresReplay)
        {
            return;
        }

        UndoStack undo = new();
        try
        {
            foreach (PoolRequestMessage message in await records.ListAsync(Pools, PluginJson.Default.PoolRequestMessage, cancellationToken).ConfigureAwait(false))
            {
                IpamPool pool = await driver.RequestPoolAsync(ToRequest(message), cancellationToken).ConfigureAwait(false);
                undo.Push(() => driver.ReleasePoolAsync(pool.PoolId, CancellationToken.None));
            }

            foreach (AddressMessage message in await records.ListAsync(Addresses, PluginJson.Default.AddressMessage, cancellationToken).ConfigureAwait(false))
            {
                await driver.RequestAddressAsync(ToRequest(message), cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await RollBackAsync(undo).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<PoolReply> RequestPoolAsync(PoolRequestMessage message, CancellationToken cancellationToken)
    {
        UndoStack undo = new();
        try
        {
            IpamPool pool = await driver.RequestPoolAsync(ToRequest(message), cancellationToken).ConfigureAwait(false);
            undo.Push(() => driver.ReleasePoolAsync(pool.PoolId, CancellationToken.None));
            undo.Push(() => records.DeleteAsync(Pools + pool.PoolId));
            await records.PutAsync(
                Pools + pool.PoolId, message with { Pool = pool.Subnet.ToString() }, PluginJson.Default.PoolRequestMessage, cancellationToken).ConfigureAwait(false);
            return new PoolReply { PoolId = pool.PoolId, Pool = pool.Subnet.ToString(), Data = pool.Data };
        }
        catch
        {
            await RollBackAsync(undo).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask ReleasePoolAsync(PoolReferenceMessage message, CancellationToken cancellationToken)
    {
        string id = message.PoolId ?? string.Empty;
        await driver.ReleasePoolAsync(id, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<AddressMessage> taken = await records.ListAsync(Addresses, PluginJson.Default.AddressMessage, CancellationToken.None).ConfigureAwait(false);
        await records.DeleteAsync([Pools + id, .. taken.Where(address => address.PoolId == id).Select(address => $"{Addresses}{id}/{address.Address}")]).ConfigureAwait(false);
    }

    private async ValueTask<AddressReply> RequestAddressAsync(AddressMessage message, CancellationToken cancellationToken)
    {
        UndoStack undo = new();
        try
        {
            IpamAddressRequest request = ToRequest(message);
            if (await driver.RequestAddressAsync(request, cancellationToken).ConfigureAwait(false) is not { } address)
            {
                return new AddressReply();
            }

            string key = KeyOf(request.PoolId, address.Address);
            undo.Push(() => driver.ReleaseAddressAsync(request.PoolId, address.Address, CancellationToken.None));
            undo.Push(() => records.DeleteAsync(key));
            await records.PutAsync(key, message with { Address = address.Address.ToString() }, PluginJson.Default.AddressMessage, cancellationToken).ConfigureAwait(false);
            return new AddressReply { Address = address.ToString() };
        }
        catch
        {
            await RollBackAsync(undo).ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask ReleaseAddressAsync(AddressMessage message, CancellationToken cancellationToken)
    {
        IPAddress address = ToAddress(message.Address) ?? throw NetworkException.InvalidArgument("address", nameof(message.Address), "is empty");
        string id = message.PoolId ?? string.Empty;
        await driver.ReleaseAddressAsync(id, address, cancellationToken).ConfigureAwait(false);
        await records.DeleteAsync(KeyOf(id, address)).ConfigureAwait(false);
    }

    private static string KeyOf(string poolId, IPAddress address) => $"{Addresses}{poolId}/{address}";

    private static IpamPoolRequest ToRequest(PoolRequestMessage message) => new()
    {
        AddressSpace = message.AddressSpace ?? string.Empty,
        Family = message.V6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
        Pool = ToSubnet(message.Pool, nameof(message.Pool)),
        SubPool = ToSubnet(message.SubPool, nameof(message.SubPool)),
        Options = message.Options ?? new Dictionary<string, string>(),
    };

    private static IpamAddressRequest ToRequest(AddressMessage message) => new()
    {
        PoolId = message.PoolId ?? string.Empty,
        Address = ToAddress(message.Address),
        Options = message.Options ?? new Dictionary<string, string>(),
    };

    private static Subnet? ToSubnet(string? text, string field)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return Subnet.TryParse(text, out Subnet subnet) ? subnet : throw NetworkException.InvalidArgument("pool", field, $"\"{text}\" is not a subnet");
    }

    private static IPAddress? ToAddress(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return IPAddress.TryParse(text, out IPAddress? address) ? address : throw NetworkException.InvalidArgument("address", "Address", $"\"{text}\" is not an IP address");
    }

    private async ValueTask RollBackAsync(UndoStack undo)
    {
        foreach (Exception failure in await undo.RollBackAsync().ConfigureAwait(false))
        {
            Log.AddressesNotTakenBack(logger, failure, driver.Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.AddressesNotTakenBack, LogLevel.Error, "IPAM driver {Driver} did not take back what could not be kept.", EventName = nameof(AddressesNotTakenBack))]
        public static partial void AddressesNotTakenBack(ILogger logger, Exception exception, string driver);
    }
}
