using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using LibNetwork.Stores;

namespace LibNetwork.Plugins;

/// <summary>What Docker asked for and has: the requests as they came. Docker asks once; a plugin that starts anew asks itself again.</summary>
/// <remarks>Without a store nothing is kept, and nothing survives the process.</remarks>
internal sealed class PluginRecords(INetworkStore? store, string kind, string name)
{
    private readonly string _prefix = $"plugin/{kind}/{name}/";

    public async ValueTask PutAsync<T>(string key, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (store is not null)
        {
            await store.TryCommitAsync(
                new StoreTransaction { Puts = [(_prefix + key, JsonSerializer.SerializeToUtf8Bytes(request, type))] }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Forgets requests; those that are not there are no error.</summary>
    public async ValueTask DeleteAsync(params IReadOnlyList<string> keys)
    {
        if (store is not null)
        {
            await store.TryCommitAsync(new StoreTransaction { Deletes = [.. keys.Select(key => _prefix + key)] }, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>All requests below a key, in the order of their keys.</summary>
    /// <exception cref="JsonException">A record makes no sense.</exception>
    public async ValueTask<IReadOnlyList<T>> ListAsync<T>(string below, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        => store is null
            ? []
            : [.. (await store.ListAsync(_prefix + below, cancellationToken).ConfigureAwait(false))
                .Select(entry => JsonSerializer.Deserialize(entry.Value.Span, type) ?? throw new JsonException($"The record {entry.Key} is empty."))];
}
