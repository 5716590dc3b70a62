using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using LibNetwork.Ipam;
using LibNetwork.Ipam.Host;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Core.Tests.Ipam;

/// <summary>What libnetwork does, line by line of facts.txt. Each kind of line has a check of its own.</summary>
[Trait("Feature", "IP-02"), Trait("Feature", "IP-05"), Trait("Feature", "IP-06"), Trait("Feature", "IP-07"), Trait("Feature", "IP-09")]
public sealed class FactTests
{
    private static readonly Dictionary<string, Func<Fact, Task>> Checks = new()
    {
        ["choose"] = Sync(Choose),
        ["sources"] = Sync(fact => Assert.Equal(fact.Result, Text(new DefaultPools(AddressFamily.InterNetwork, Sources(fact).Select(source => source.Pool))))),
        ["sorted"] = Sync(Sorted),
        ["overlap"] = Sync(Overlap),
        ["nth"] = Sync(Nth),
        ["addresses"] = Sync(Addresses),
        ["exhaust"] = Sync(Exhaust),
        ["refill"] = Sync(Refill),
        ["pools"] = Pools,
        ["name"] = Sync(Name),
        ["noname"] = NoName,
        ["badpool"] = BadPool,
        ["sized"] = Sized,
        ["nameservers"] = Sync(fact => Assert.Equal(
            fact.Results, HostNameservers.Parse(fact["text"].Replace('_', ' ').Replace("\\n", "\n", StringComparison.Ordinal)).Select(server => server.ToString()))),
        ["routes"] = Sync(Routes),
        ["tree"] = Sync(Tree),
        ["defaults"] = Defaults,
        ["network"] = RolledBackNetwork,
    };

    public static TheoryData<string> Ids => [.. Fact.All.Select(fact => fact.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public Task Holds(string id)
    {
        Fact fact = Fact.All.Single(candidate => candidate.Id == id);

        return Checks[fact.Kind](fact);
    }

    [Fact]
    public void No_fact_is_lost() => Assert.Equal(117, Fact.All.Select(fact => fact.Id).Distinct().Count());

    private static Func<Fact, Task> Sync(Action<Fact> check) => fact =>
    {
        check(fact);
        return Task.CompletedTask;
    };

    private static void Choose(Fact fact)
    {
        PrefixTree taken = new();
        foreach (Subnet subnet in fact.List("taken").Select(Subnet.Parse))
        {
            taken.Add(Prefix.Of(subnet));
        }

        List<Subnet> avoid = [.. fact.List("avoid").Select(Subnet.Parse)];
        List<(DefaultPool Pool, IPAddress Start)> sources = [.. Sources(fact)];
        foreach ((DefaultPool pool, IPAddress start) in sources)
        {
            avoid.AddRange(Before(pool.Base, start));
        }

        int? size = fact["size"].Length > 0 ? int.Parse(fact["size"], CultureInfo.InvariantCulture) : null;
        string Find()
        {
            try
            {
                DefaultPools pools = new(AddressFamily.InterNetwork, sources.Select(source => source.Pool));
                return size is { } asked && !pools.CanCut(asked) ? "invalid" : pools.FindFree(taken, size, avoid)?.ToString() ?? "none";
            }
            catch (NetworkException refused) when (refused.Kind == NetworkErrorKind.InvalidArgument)
            {
                return "invalid";   // of a range, libnetwork notices only when it is asked
            }
        }

        Assert.Equal(fact.Result, Find());
    }

    private static IEnumerable<(DefaultPool Pool, IPAddress Start)> Sources(Fact fact) => fact.List("from").Select(text =>
    {
        InterfaceAddress source = InterfaceAddress.Parse(text[..text.IndexOf(':', StringComparison.Ordinal)]);
        return (new DefaultPool(source.Subnet, int.Parse(text.Split(':')[1], CultureInfo.InvariantCulture)), source.Address);
    });

    /// <summary>The blocks of a range before an address.</summary>
    private static IEnumerable<Subnet> Before(Subnet range, IPAddress start)
    {
        while (!range.BaseAddress.Equals(start))
        {
            Subnet lower = range.FirstOfSize(range.PrefixLength + 1);
            if (lower.Contains(start))
            {
                range = lower;
            }
            else
            {
                yield return lower;
                range = lower.Next()!.Value;   // the upper half of a range that has two
            }
        }
    }

    private static string Text(DefaultPools pools) => string.Join(',', pools.Pools.Select(pool => $"{pool.Base}:{pool.PrefixLength}"));

    private static void Sorted(Fact fact)
    {
        PrefixTree tree = new();
        foreach (string text in fact.List("taken"))
        {
            tree.Add(Prefix.Of(Subnet.Parse(text)));
        }

        Assert.Equal(fact.Results, tree.All().Select(prefix => prefix.ToSubnet(AddressFamily.InterNetwork).ToString()));
    }

    // A prefix such as f656::/0 asks for all addresses here, since its text has an address; as a Subnet it would ask for any pool.
    private static void Overlap(Fact fact)
    {
        ConcurrentDictionary<string, PoolShare> shares = new();
        AddressSpace Space(string text) => new(
            "LocalDefault",
            text.Contains(':', StringComparison.Ordinal) ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork,
            BuiltInPools.ForThisMachine(),
            shares,
            TimeProvider.System);
        void Request(AddressSpace space, string text)
        {
            InterfaceAddress wanted = InterfaceAddress.Parse(text);
            IpamPoolRequest request = new() { AddressSpace = "LocalDefault", Family = wanted.Family, Pool = wanted.Subnet };
            _ = wanted.Address.Equals(wanted.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any)
                ? space.Request(request)
                : space.Take(wanted.Subnet, request);
        }

        AddressSpace space = Space(fact["want"]);
        Request(space, fact["taken"]);

        // "Any" is never an overlap; that what is taken leaves no room for it, as f000::/4 does with all unique local ranges, is another matter.
        Exception? refusal = Record.Exception(() => Request(space, fact["want"]));
        bool isOverlap = refusal is not (null or NetworkException { Reason: NetworkErrorReason.PoolsExhausted });
        Assert.Equal(fact.Result, isOverlap ? "refused" : "ok");
        Assert.True(!isOverlap || refusal is NetworkException { Kind: NetworkErrorKind.Forbidden or NetworkErrorKind.InvalidArgument }, $"{refusal}");
    }

    private static void Nth(Fact fact)
    {
        PoolShare share = Share(fact["pool"], range: string.Empty);
        InterfaceAddress last = default;
        for (int i = int.Parse(fact["count"], CultureInfo.InvariantCulture); i > 0; i--)
        {
            last = share.TakeNext(serial: false, holder: null);
        }

        Assert.Equal(fact.Result, last.Address.ToString());
    }

    private static void Addresses(Fact fact)
    {
        PoolShare share = Share(fact["pool"], fact["range"]);
        foreach (string step in fact.List("steps"))
        {
            string[] parts = step.TrimStart('+', '-').Split(':');
            if (step[0] == '-')
            {
                share.Release(IPAddress.Parse(parts[0]));
                continue;
            }

            string outcome = Outcome(() => step[0] == '+' ? share.Take(IPAddress.Parse(parts[0]), holder: null) : share.TakeNext(fact["serial"] == "true", holder: null));
            Assert.Equal(parts[1], step[0] == '+' && outcome == parts[0] ? "ok" : outcome);
        }

        string Outcome(Func<InterfaceAddress> request)
        {
            try
            {
                InterfaceAddress given = request();
                Assert.Equal(share.Pool.Subnet.PrefixLength, given.PrefixLength);
                return given.Address.ToString();
            }
            catch (NetworkException refused)
            {
                return (refused.Kind, refused.Reason) switch
                {
                    (NetworkErrorKind.InvalidArgument, NetworkErrorReason.AddressOutsidePool) => "outside",
                    (NetworkErrorKind.Conflict, NetworkErrorReason.AddressInUse) => "inuse",
                    (NetworkErrorKind.Exhausted, NetworkErrorReason.AddressesExhausted) => "full",
                    _ => refused.Message,
                };
            }
        }
    }

    private static void Exhaust(Fact fact)
    {
        AddressSpace space = Local();
        if (fact["beside"] is { Length: > 0 } beside)
        {
            space.Request(Asking(beside.Split('>')[0], beside.Split('>')[1]));
        }

        PoolShare share = space.Request(Asking(fact["pool"], fact["range"]));
        bool serial = fact["serial"] == "true";
        UInt128 count = share.Usage().Available;
        IPAddress? last = null;
        for (UInt128 i = 0; i < count; i++)
        {
            last = share.TakeNext(serial, holder: null).Address;
        }

        Assert.Equal(fact["last"], last?.ToString());
        Assert.Equal(NetworkErrorKind.Exhausted, Assert.Throws<NetworkException>(() => share.TakeNext(serial, holder: null)).Kind);
        share.Release(IPAddress.Parse(fact["free"]));
        Assert.Equal(fact.Result, share.TakeNext(serial, holder: null).Address.ToString());
    }

    private static void Refill(Fact fact)
    {
        PoolShare share = Share(fact["pool"], range: string.Empty);
        for (ulong left = share.Usage().Available; left > 0; left--)
        {
            share.TakeNext(serial: false, holder: null);
        }

        foreach (IPAddress address in fact.List("addresses").Select(IPAddress.Parse))
        {
            share.Release(address);
            Assert.Equal(address, share.TakeNext(serial: false, holder: null).Address);
        }
    }

    private static async Task Pools(Fact fact)
    {
        DefaultIpamDriver ipam = new([], TimeProvider.System);
        Dictionary<string, IpamPool> named = [];
        foreach (string step in fact.List("steps"))
        {
            string[] parts = step.Split(':', '@');
            switch (step[0])
            {
                case '+':
                    string[] path = parts[0][1..].Split('>');
                    IpamPoolRequest request = Asking(path[1], path.Length > 2 ? path[2] : string.Empty) with
                    {
                        AddressSpace = path[0] == "local" ? ipam.LocalAddressSpace : ipam.GlobalAddressSpace,
                    };
                    await Expect(parts[1], async () => named[parts.Length > 2 ? parts[2] : step] = await ipam.RequestPoolAsync(request));
                    break;
                case '-':
                    await Expect(parts[2], async () => await ipam.ReleasePoolAsync(named[parts[1]].PoolId));
                    break;
                case 'h':
                    bool isFree = await Succeeds(async () => await ipam.RequestPoolAsync(Asking(parts[0].Split('>')[1], string.Empty)));
                    Assert.Equal(parts[1] == "true", !isFree);
                    break;
                default:
                    Assert.NotNull(await ipam.RequestAddressAsync(new IpamAddressRequest { PoolId = named[parts[1]].PoolId }));
                    break;
            }
        }

        static async Task Expect(string outcome, Func<Task> act) => Assert.Equal(outcome == "ok", await Succeeds(act));
    }

    private static async Task<bool> Succeeds(Func<Task> act)
    {
        Exception? refusal = await Record.ExceptionAsync(act);
        Assert.True(refusal is null or NetworkException { Kind: NetworkErrorKind.Forbidden or NetworkErrorKind.InvalidArgument }, $"{refusal}");
        return refusal is null;
    }

    private static void Name(Fact fact)
    {
        PoolId expected = new(fact["space"], Subnet.Parse(fact["pool"]), fact["range"].Length > 0 ? Subnet.Parse(fact["range"]) : null);

        Assert.Equal(fact.Result, expected.ToString());
        Assert.True(PoolId.TryParse(fact.Result, out PoolId parsed));
        Assert.Equal(expected, parsed);
    }

    private static async Task NoName(Fact fact)
    {
        DefaultIpamDriver ipam = new([], TimeProvider.System);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(async () => await ipam.ReleasePoolAsync(fact["text"]));
        Assert.Equal(NetworkErrorKind.InvalidArgument, refused.Kind);
    }

    private static async Task BadPool(Fact fact)
    {
        DefaultIpamDriver ipam = new([], TimeProvider.System);

        NetworkException refused = await Assert.ThrowsAsync<NetworkException>(
            async () => await ipam.RequestPoolAsync(Asking(fact["pool"], fact["range"]) with { AddressSpace = fact["space"] }));
        Assert.Equal(NetworkErrorKind.InvalidArgument, refused.Kind);
    }

    private static async Task Sized(Fact fact)
    {
        DefaultIpamDriver ipam = new(BuiltInPools.ForThisMachine(), TimeProvider.System);

        IpamPool pool = await ipam.RequestPoolAsync(Asking(fact["want"], string.Empty));
        Assert.Equal(int.Parse(fact.Result, CultureInfo.InvariantCulture), pool.Subnet.PrefixLength);
    }

    // libnetwork keeps away from routes on a link only. We keep away from routes behind gateways as well.
    private static void Routes(Fact fact)
    {
        HostRanges host = new();
        host.Replace(
            [
                .. fact.List("link").Select(text => new RouteInfo { Destination = IPNetwork.Parse(text), Scope = RouteScope.Link, Type = RouteType.Unicast, OutputInterface = 2 }),
                .. fact.List("far").Select(text => new RouteInfo { Destination = IPNetwork.Parse(text), Type = RouteType.Unicast, OutputInterface = 2 }),
            ],
            []);

        Assert.Equal(fact.List("link").Concat(fact.List("far")).Order(), host.Foreign.Select(range => range.ToString()).Order());
    }

    private static void Tree(Fact fact)
    {
        AddressTree tree = new();
        foreach (string number in fact.List("taken"))
        {
            tree.Add(UInt128.Parse(number, CultureInfo.InvariantCulture), holder: null, since: 0);
        }

        foreach (string[] step in fact.List("steps").Select(step => step.Split("..").SelectMany(part => part.Split(':')).ToArray()))
        {
            UInt128[] numbers = [.. step.Select(text => UInt128.Parse(text, CultureInfo.InvariantCulture))];
            Assert.True(tree.TryFindFree(numbers[0], numbers[1], out UInt128 free));
            Assert.Equal(numbers[2], free);
            tree.Add(free, holder: null, since: 0);
        }
    }

    private static async Task Defaults(Fact fact)
    {
        DefaultIpamDriver ipam = new(BuiltInPools.ForThisMachine(), TimeProvider.System);
        foreach (string expected in fact.Results)
        {
            IpamPool pool = await ipam.RequestPoolAsync(
                new IpamPoolRequest { AddressSpace = fact["space"] == "local" ? ipam.LocalAddressSpace : ipam.GlobalAddressSpace });
            Assert.Equal(expected, pool.Subnet.ToString());
        }
    }

    private static async Task RolledBackNetwork(Fact fact)
    {
        await using ControllerFixture fixture = new();
        string[] failing = fact["failing"].Split('>');
        NetworkSpec Spec(string name, string subnet, string gateway) => new()
        {
            Name = name,
            Driver = fixture.Driver.Name,
            Pools = [new PoolSpec { Subnet = Subnet.Parse(subnet), Gateway = IPAddress.Parse(gateway) }],
        };
        fixture.Driver.FailOnce("CreateNetworkAsync", new InvalidOperationException("broken"), after: 0);
        await Assert.ThrowsAsync<NetworkException>(() => fixture.Controller.CreateNetworkAsync(Spec("a", failing[0], failing[1])));
        await fixture.Controller.CreateNetworkAsync(Spec("a", failing[0], failing[1]));

        INetwork network = await fixture.Controller.CreateNetworkAsync(Spec("b", fact["pool"], fact["gateway"]));
        fixture.Driver.FailOnce("CreateEndpointAsync", new InvalidOperationException("broken"), after: 0);
        await Assert.ThrowsAsync<NetworkException>(() => network.CreateEndpointAsync(new EndpointSpec { Name = "one" }));
        IEndpoint endpoint = await network.CreateEndpointAsync(new EndpointSpec { Name = "two" });

        Assert.Equal(fact.Result, endpoint.State.IPv4.ToString());
    }

    private static PoolShare Share(string pool, string range) => Local().Request(Asking(pool, range));

    private static AddressSpace Local() => new("LocalDefault", AddressFamily.InterNetwork, [], new ConcurrentDictionary<string, PoolShare>(), TimeProvider.System);

    private static IpamPoolRequest Asking(string pool, string range) => new()
    {
        AddressSpace = "LocalDefault",
        Pool = pool.Length > 0 ? Subnet.Parse(pool) : null,
        SubPool = range.Length > 0 ? Subnet.Parse(range) : null,
    };
}
