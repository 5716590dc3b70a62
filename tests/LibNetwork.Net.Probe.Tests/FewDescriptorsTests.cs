using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>A process that may have few open files is told when it has none left to hold a port with, and goes on.</summary>
[Trait("Category", "Kernel")]
public sealed class FewDescriptorsTests
{
    [Fact, Trait("Feature", "PM-01")]
    public async Task Without_a_descriptor_left_a_port_is_refused_with_the_remedy_and_nothing_stays()
    {
        Assert.SkipUnless(Command.Exists("prlimit"), "there is no prlimit (util-linux) to leave a process few descriptors");
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(host);

        (int exitCode, string output) = await Command.RunAsync(
            "dotnet", Visit.Program, "crowd", host.NamespacePath, host.RunDirectory, "few");

        Assert.Equal(1, exitCode);
        Assert.Contains("refused as Exhausted: ", output, StringComparison.Ordinal);
        Assert.Contains("RLIMIT_NOFILE", output, StringComparison.Ordinal);
        Assert.Contains("with a row free: published", output, StringComparison.Ordinal);
        Assert.Contains("rows: 3", output, StringComparison.Ordinal);
        Assert.Equal(before, await KernelSnapshot.TakeAsync(host));
    }

    [Fact]
    public async Task With_enough_of_them_all_ports_are_held()
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(host);

        (int exitCode, string output) = await Command.RunAsync("dotnet", Visit.Program, "crowd", host.NamespacePath, host.RunDirectory);

        Assert.Equal("rows: 10", output.TrimEnd());
        Assert.Equal(0, exitCode);
        Assert.Equal(before, await KernelSnapshot.TakeAsync(host));
    }
}
