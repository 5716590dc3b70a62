using LibNetwork;
using LibNetwork.Stores;
using LibNetwork.Stores.Sqlite;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the store that survives the process.</summary>
public static class SqliteStoreBuilderExtensions
{
    /// <summary>Keeps the controller's state in an SQLite file instead of memory. The file's folder is made when it is missing.</summary>
    /// <remarks>
    /// The store is opened when it is first needed. Opening throws <see cref="NetworkException"/>: <see cref="NetworkErrorKind.Conflict"/> when
    /// another process has the file, <see cref="NetworkErrorKind.NotSupported"/> when a newer version wrote it,
    /// <see cref="NetworkErrorKind.Unavailable"/> when it cannot be read.
    /// </remarks>
    /// <param name="builder">The controller's registration.</param>
    /// <param name="path">The file. Two further files of that name, ending in <c>-wal</c> and <c>-holder</c>, belong to it.</param>
    public static ILibNetworkBuilder AddSqliteStore(this ILibNetworkBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(path);
        builder.Services.Replace(ServiceDescriptor.Singleton<INetworkStore>(_ => SqliteNetworkStore.Open(path)));
        return builder;
    }
}
