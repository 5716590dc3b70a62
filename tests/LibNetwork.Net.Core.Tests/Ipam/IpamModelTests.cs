using System.Collections.ObjectModel;
using System.Net;
using System.Net.Sockets;
using CsCheck;
using LibNetwork.Ipam;

namespace LibNetwork.Core.Tests.Ipam;

/// <summary>Random requests, releases and restarts: the driver and a naive oracle must agree on every answer and every number.</summary>
[Trait("Feature", "IP-05"), Trait("Feature", "IP-06"), Trait("Feature", "IP-07"), Trait("Feature", "IP-08"), Trait("Feature", "IP-09")]
[Trait("Feature", "IP-13"), Trait("Feature", "IP-14")]
public sealed class IpamModelTests
{
    private static readonly DefaultPool[] Defaults =
    [
        new(Subnet.Parse("10.0.0.0/26"), 28),
        new(Subnet.Parse("10.1.0.0/28"), 29),
        new(Subnet.Parse("10.0.9.0/29"), 30) { IsReserve = true },
        new(Subnet.Parse("fd00::/121"), 124),
    ];

    private static readonly Subnet[] Subnets =
    [
        .. ((string[])["10.0.0.0/27", "10.0.0.16/28", "10.0.0.0/26", "10.1.0.8/29", "10.2.0.0/30", "10.2.0.0/31", "10.2.0.4/32", "fd00::/122", "fd00::8/127",
            "fd00::c/128"]).Select(Subnet.Parse),
    ];

    private static readonly IReadOnlyDictionary<string, string> Serial =
        new ReadOnlyDictionary<string, string>(new Dictionary<string, string> { [NetworkLabels.SerialAllocation] = "true" });

    private static readonly Gen<Step> AnyStep = Gen.Select(Gen.Enum<StepKind>(), Gen.Int[0, 1000], Gen.Int[0, 1000], Gen.Int[0, 1000], (kind, a, b, c) => new Step(kind, a, b, c));

    private enum StepKind
    {
        ChoosePool,
        TakePool,
        ReleasePool,
        TakeNext,
        TakeNextAgain,
        TakeAddress,
        ReleaseAddress,
        ReleaseAddressAgain,
        Restart,
    }

    [Fact]
    public Task The_driver_and_the_oracle_agree() => AnyStep.Array[0, 120].SampleAsync(RunAsync);

    private static async Task RunAsync(Step[] steps)
    {
        DefaultIpamDriver ipam = new(Defaults, TimeProvider.System);
        IpamOracle oracle = new(Defaults);
        foreach (Step step in steps)
        {
            IpamOracle.Pool? pool = oracle.Pools.Count > 0 ? oracle.Pools[step.A % oracle.Pools.Count] : null;
            switch (step.Kind)
            {
                case StepKind.ChoosePool:
                    AddressFamily family = step.A % 3 == 0 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
                    int? size = (step.B % 4) switch { 0 => family == AddressFamily.InterNetwork ? 29 : 125, 1 => family == AddressFamily.InterNetwork ? 30 : 126, _ => null };
                    await RequestPoolAsync(ipam, oracle, family, size, subnet: null, range: null, step.C);
                    break;
                case StepKind.TakePool:
                    Subnet subnet = Subnets[step.A % Subnets.Length];
                    Subnet? range = step.B % 3 > 0 && subnet.LastOrdinal > 0 ? Half(subnet, step.B % 3 == 1) : null;
                    await RequestPoolAsync(ipam, oracle, subnet.Family, size: null, subnet, range, step.C);
                    break;
                case StepKind.ReleasePool when pool is not null:
                    await ipam.ReleasePoolAsync(pool.PoolId!);
                    oracle.Pools.Remove(pool);
                    await Assert.ThrowsAsync<NetworkException>(async () => await ipam.ReleasePoolAsync(pool.PoolId!));
                    break;
                case StepKind.TakeNext or StepKind.TakeNextAgain when pool is not null:
                    string? holder = step.B % 4 == 0 ? null : $"holder {step.B % 12}";
                    bool serial = step.C % 2 == 0;
                    int? expected = pool.TakeNext(serial, holder);
                    await SameAsync(
                        expected is { } next ? pool.At(next) : null,
                        NetworkErrorKind.Exhausted,
                        ipam,
                        new IpamAddressRequest { PoolId = pool.PoolId!, Holder = holder, Options = serial ? Serial : ReadOnlyDictionary<string, string>.Empty });
                    break;
                case StepKind.TakeAddress when pool is not null:
                    int ordinal = step.B % pool.Size;
                    await SameAsync(
                        pool.Take(ordinal, $"holder {step.C % 12}") ? pool.At(ordinal) : null,
                        NetworkErrorKind.Conflict,
                        ipam,
                        new IpamAddressRequest { PoolId = pool.PoolId!, Address = pool.At(ordinal), Holder = $"holder {step.C % 12}" });
                    break;
                case StepKind.ReleaseAddress or StepKind.ReleaseAddressAgain when pool is not null:
                    int gone = step.B % pool.Size;
                    pool.Release(gone);
                    await ipam.ReleaseAddressAsync(pool.PoolId!, pool.At(gone));
                    break;
                case StepKind.Restart:
                    ipam = new DefaultIpamDriver(Defaults, TimeProvider.System);
                    oracle.Restart();
                    await ReplayAsync(ipam, oracle);
                    break;
            }

            await SameUsageAsync(ipam, oracle);
        }
    }

    private static async Task RequestPoolAsync(
        DefaultIpamDriver ipam, IpamOracle oracle, AddressFamily family, int? size, Subnet? subnet, Subnet? range, int withholding)
    {
        AddressRange[] withheld = subnet is { LastOrdinal: var last } && last > 4 && withholding % 2 == 0
            ? [new AddressRange(subnet.Value.AddressAt(2), subnet.Value.AddressAt(3)), new AddressRange(subnet.Value.AddressAt(last - 2), subnet.Value.AddressAt(last))]
            : [];
        Subnet? any = size is { } length ? new Subnet(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, length) : null;
        IpamPoolRequest request = new()
        {
            AddressSpace = ipam.LocalAddressSpace,
            Family = family,
            Pool = subnet ?? any,
            SubPool = range,
            Withheld = withheld,
        };
        IpamOracle.Pool? expected = oracle.Request(family, size, subnet, range, withheld);
        try
        {
            IpamPool pool = await ipam.RequestPoolAsync(request);
            Assert.Equal(expected?.Subnet, pool.Subnet);
            expected!.PoolId = pool.PoolId;
        }
        catch (NetworkException refused)
        {
            Assert.Null(expected);
            Assert.Equal(subnet is null ? NetworkErrorKind.Exhausted : NetworkErrorKind.Forbidden, refused.Kind);
        }
    }

    private static async Task SameAsync(IPAddress? expected, NetworkErrorKind refusal, DefaultIpamDriver ipam, IpamAddressRequest request)
    {
        try
        {
            Assert.Equal(expected, (await ipam.RequestAddressAsync(request))?.Address);
        }
        catch (NetworkException refused)
        {
            Assert.Null(expected);
            Assert.Equal(refusal, refused.Kind);
        }
    }

    private static async Task ReplayAsync(DefaultIpamDriver ipam, IpamOracle oracle)
    {
        foreach (IpamOracle.Pool pool in oracle.Pools)
        {
            IpamPool taken = await ipam.RequestPoolAsync(
                new IpamPoolRequest { AddressSpace = ipam.LocalAddressSpace, Pool = pool.Subnet, SubPool = pool.Range, Withheld = pool.Withheld });
            Assert.Equal(pool.PoolId, taken.PoolId);
        }

        foreach (IpamOracle.Pool pool in oracle.Pools.DistinctBy(pool => pool.Addresses))
        {
            foreach ((int ordinal, string? holder) in pool.Addresses.Held)
            {
                await ipam.RequestAddressAsync(new IpamAddressRequest { PoolId = pool.PoolId!, Address = pool.At(ordinal), Holder = holder });
            }
        }
    }

    private static async Task SameUsageAsync(DefaultIpamDriver ipam, IpamOracle oracle)
    {
        foreach (IpamOracle.Pool pool in oracle.Pools)
        {
            PoolUsage usage = await ipam.GetPoolUsageAsync(pool.PoolId!);
            Assert.Equal((ulong)(pool.Addresses.Held.Count + Enumerable.Range(0, pool.Size).Count(pool.IsReserved)), usage.InUse);
            Assert.Equal((ulong)pool.Choosable.Count(ordinal => !pool.Addresses.Held.ContainsKey(ordinal)), usage.Available);
        }
    }

    private static Subnet Half(Subnet subnet, bool lower)
    {
        Subnet half = subnet.FirstOfSize(subnet.PrefixLength + 1);
        return lower ? half : half.Next()!.Value;   // the upper half of a subnet of at least two addresses
    }

    private sealed record Step(StepKind Kind, int A, int B, int C);
}
