using System.Net;
using LibNetwork.Linux;
using LibNetwork.Linux.Netlink;
using LibNetwork.Linux.Substitution;
using LibNetwork.Testing.Kernel;

namespace LibNetwork.Testing;

/// <summary>
/// A kernel in memory: namespaces, interfaces, addresses, routes, parameters and packet rules, and nothing that runs. The real controller, IPAM, firewall
/// and drivers work on it as they do on Linux, on any system and without root, in milliseconds. Thread safe.
/// </summary>
/// <remarks>
/// It is deterministic: it knows neither time nor chance, so the same calls give the same names, numbers and addresses. It knows bridges, cables, macvlan, ipvlan,
/// VLANs, VXLANs and dummies. It carries no packets, applies no rules, gives no link-local addresses of its own accord, lets nothing expire, and opens
/// no sockets inside namespaces: what would need those fails with <see cref="LinuxErrno.EOPNOTSUPP"/>. What a sandbox's names are is asked by
/// <c>FindAddresses</c>. Verbs cannot be planned and nothing is reconciled by itself on it. A kernel outlives controllers, so that a restart can be tested.
/// </remarks>
public sealed class FakeKernel : IKernelSubstitute
{
    private const string Home = "/proc/self/ns/net";

    private readonly Lock _gate = new();
    private readonly FakeNamespaces _namespaces = new();
    private readonly HashSet<(int Namespace, byte Protocol, IPEndPoint Address)> _ports = [];
    private readonly HashSet<int> _claimed = [];
    private uint _lastPort;

    /// <summary>Makes a kernel whose only namespace, the host's, has a loopback interface that is up.</summary>
    public FakeKernel() => _namespaces.Home.SetUp(_namespaces.Home.Links[0], up: true);

    /// <summary>Counts requests, and makes them fail on demand.</summary>
    public KernelFaults Faults { get; } = new();

    IKernelObserver IKernelSubstitute.Observer => Faults;

    /// <summary>Gives the host an interface of its own that is up, such as its network card.</summary>
    /// <param name="name">The name.</param>
    /// <param name="addresses">Its addresses; each brings the route to its subnet.</param>
    /// <exception cref="ArgumentException">There is an interface of that name.</exception>
    public void AddInterface(string name, params ReadOnlySpan<InterfaceAddress> addresses)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        lock (_gate)
        {
            FakeNamespace host = _namespaces.Home;
            if (host.Find(name) is not null)
            {
                throw new ArgumentException($"There is an interface \"{name}\".", nameof(name));
            }

            FakeLink link = new() { Name = name, Home = host, Index = host.NextIndex(), Kind = "dummy", Address = _namespaces.NextAddress(), Mtu = 1500 };
            host.Links.Add(link);
            host.SetUp(link, up: true);
            foreach (InterfaceAddress address in addresses)
            {
                _ = host.Add(new FakeAddress(link, address.Address, (byte)address.PrefixLength));   // a fresh interface refuses none
            }
        }
    }

    /// <summary>All that the kernel holds, in every namespace, as sorted lines of text to be compared with others.</summary>
    public IReadOnlyList<string> Snapshot()
    {
        lock (_gate)
        {
            return
            [
                .. _namespaces.Pinned.SelectMany(static pin => NamespaceText.Of(pin.Value).Prepend("is pinned").Select(line => $"{pin.Key}: {line}"))
                    .Concat(NamespaceText.Of(_namespaces.Home).Select(static line => $"host: {line}"))
                    .Concat(_ports.Select(static port => $"port {port.Address} of protocol {port.Protocol} in namespace {port.Namespace}"))
                    .Order(StringComparer.Ordinal),
            ];
        }
    }

    int IKernelSubstitute.OpenNamespace(string? path)
    {
        lock (_gate)
        {
            return path is null or Home ? _namespaces.Home.Number
                : _namespaces.Find(path)?.Number ?? throw new KernelException("open network namespace", path, LinuxErrno.ENOENT);
        }
    }

    int IKernelSubstitute.CreateNamespace(string path)
    {
        lock (_gate)
        {
            ThrowIfPinned(path);
            FakeNamespace made = _namespaces.Make();
            _namespaces.TryPin(path, made);
            return made.Number;
        }
    }

    void IKernelSubstitute.PinNamespace(int number, string path)
    {
        lock (_gate)
        {
            ThrowIfPinned(path);
            _namespaces.TryPin(path, Of(number));
        }
    }

    void IKernelSubstitute.UnpinNamespace(string path)
    {
        lock (_gate)
        {
            _namespaces.Unpin(path);
        }
    }

    IReadOnlyList<string> IKernelSubstitute.ListNamespaces(string folder)
    {
        lock (_gate)
        {
            return [.. _namespaces.Pinned.Select(static pin => pin.Key).Where(path => Path.GetDirectoryName(path) == folder)];
        }
    }

    INetlinkEndpoint IKernelSubstitute.OpenNetlink(int number, NetlinkProtocol protocol)
    {
        lock (_gate)
        {
            return new FakeEndpoint(_gate, Of(number), protocol, ++_lastPort);
        }
    }

    string IKernelSubstitute.ReadSysctl(int number, string key)
    {
        lock (_gate)
        {
            return Of(number).Sysctls.Read(key);
        }
    }

    void IKernelSubstitute.WriteSysctl(int number, string key, string value)
    {
        lock (_gate)
        {
            Of(number).Sysctls.Write(key, value);
        }
    }

    IDisposable IKernelSubstitute.HoldPort(int number, byte protocol, IPEndPoint address)
    {
        lock (_gate)
        {
            string subject = $"port {address} of protocol {protocol}";
            if (!IsAny(address.Address) && !Of(number).Addresses.Exists(own => own.Address.Equals(address.Address)) && !IPAddress.IsLoopback(address.Address))
            {
                throw new KernelException("hold port", subject, LinuxErrno.EADDRNOTAVAIL);
            }

            if (_ports.Any(held => held.Namespace == number && held.Protocol == protocol && held.Address.Port == address.Port && Overlaps(held.Address.Address, address.Address)))
            {
                throw new KernelException("hold port", subject, LinuxErrno.EADDRINUSE);
            }

            _ports.Add((number, protocol, address));
        }

        return new Hold(_gate, () => _ports.Remove((number, protocol, address)));
    }

    IDisposable? IKernelSubstitute.TryClaim(int number)
    {
        lock (_gate)
        {
            return _claimed.Add(number) ? new Hold(_gate, () => _claimed.Remove(number)) : null;
        }
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool Overlaps(IPAddress one, IPAddress other)
        => one.AddressFamily == other.AddressFamily && (IsAny(one) || IsAny(other) || one.Equals(other));

    private void ThrowIfPinned(string path)
    {
        if (_namespaces.Find(path) is not null)
        {
            throw new KernelException("create file", path, LinuxErrno.EEXIST);
        }
    }

    private FakeNamespace Of(int number) => _namespaces.Find(number) ?? throw new KernelException("find namespace", $"{number}", LinuxErrno.ENOENT, "its last name was taken away");

    private sealed class Hold(Lock gate, Action release) : IDisposable
    {
        private Action? _release = release;

        public void Dispose()
        {
            lock (gate)
            {
                Interlocked.Exchange(ref _release, null)?.Invoke();
            }
        }
    }
}
