using LibNetwork.Linux.Features;
using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>The library compiled ahead of time: without a warning, and it works.</summary>
[Trait("Category", "Kernel")]
public sealed class NativeAotTests
{
    [Fact]
    public async Task A_native_program_is_published_without_a_warning_and_works_on_the_kernel()
    {
        Assert.SkipUnless(NativeProbe.IsPossible, "NativeAOT needs a linker, and there is neither clang nor gcc");
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(host);

        (string? program, string log) = await NativeProbe.GetAsync();
        (int exitCode, string said) = program is null ? (-1, log) : await Command.RunAsync(program, host.NamespacePath, host.RunDirectory);

        Assert.DoesNotContain(": warning ", log, StringComparison.Ordinal);
        Visit.AssertWentWell(exitCode, said);
        Assert.False(File.Exists(program + ".dll"), "what was published is managed code");
        Assert.Equal(before, await KernelSnapshot.TakeAsync(host));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task The_drivers_on_the_wire_over_tunnels_and_in_other_processes_work_in_it(bool isNative)
    {
        Assert.SkipUnless(!isNative || NativeProbe.IsPossible, "NativeAOT needs a linker, and there is neither clang nor gcc");
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        string plugins = Directory.CreateDirectory(Path.Combine(host.Folder, "plugins"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

        string[] arguments = ["drivers", host.NamespacePath, host.RunDirectory, TestHost.WireName, TestHost.HostIPv4, plugins];
        (string? program, string log) = isNative ? await NativeProbe.GetAsync() : ("dotnet", string.Empty);
        (int exitCode, string said) = program is null ? (-1, log) : await Command.RunAsync(program, isNative ? arguments : [Visit.Program, .. arguments]);

        Assert.True(exitCode == 0, said);
        Assert.Equal(
            [
                "macvlan: 10.77.0.1/24, interface eth0",
                KernelFeature.Ipvlan.IsSupported ? "ipvlan: 10.77.0.1/24, interface eth0" : "ipvlan: not of this kernel",
                KernelFeature.Vxlan.IsSupported ? "overlay: 10.77.0.1/24, interface eth0" : "overlay: not of this kernel",
                "probe: 10.77.0.2/24, interface -",
                "asked of the plugin: Activate GetCapabilities CreateNetwork CreateEndpoint Join EndpointOperInfo Leave DeleteEndpoint DeleteNetwork",
            ],
            said.TrimEnd().Split('\n'));
    }
}
