using LibNetwork.Linux.Namespaces;

namespace LibNetwork.Testing;

/// <summary>A sandbox of a <see cref="DriverHost"/>, which removes it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="NamespacePath">Where its namespace is pinned.</param>
/// <param name="Namespace">Its namespace.</param>
public sealed record DriverSandbox(SandboxId Id, string NamespacePath, NetworkNamespace Namespace);
