using LibNetwork;
using LibNetwork.Stores;
using LibNetwork.Stores.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the store that survives the process.</summary>
public static class SqliteStoreBuilderExtensions
{
    /// <summary>Keeps the controller's state in an SQLite file instead of memory. The file's folder is made when it is missing.</summary>
    /// <remarks>
    /// The store is opened when it is first needed. Opening throws <see cref="NetworkException"/>: <see cref="NetworkErrorKind.Conflict"/>, at
    /// once, when another process has the file (it is named), <see cref="NetworkErrorKind.NotSupported"/> when a newer version wrote it,
    /// <see cref="NetworkErrorKind.Unavailable"/> when it cannot be read. What an older version wrote is brought up to date.
    /// </remarks>
    /// <param name="builder">The controller's registration.</param>
    /// <param name="path">The file. Three further files of that name, ending in <c>-wal</c>, <c>-lock</c> and <c>-holder</c>, belong to it.</param>
    /// <param name="configure">Changes the store's settings.</param>
    public static ILibNetworkBuilder AddSqliteStore(this ILibNetworkBuilder builder, string path, Action<SqliteStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        builder.Services.AddOptions<SqliteStoreOptions>().Configure(configure ?? (static _ => { }));
        builder.Services.Replace(ServiceDescriptor.Singleton<INetworkStore>(provider => SqliteNetworkStore.Open(
            path,
            provider.GetRequiredService<IOptions<SqliteStoreOptions>>().Value,
            provider.GetRequiredService<ILogger<SqliteNetworkStore>>(),
            provider.GetRequiredService<TimeProvider>())));
        return builder;
    }
}
