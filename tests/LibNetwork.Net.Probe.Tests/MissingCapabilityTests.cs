using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>A process that lacks a capability is told so, and leaves nothing.</summary>
[Trait("Category", "Kernel")]
public sealed class MissingCapabilityTests
{
    [Theory, Trait("Feature", "CN-41")]
    [InlineData("net_admin", "network \"web\"")]
    [InlineData("sys_admin", "host namespace")]
    public async Task Without_it_the_verb_is_refused_as_permission_denied(string capability, string subject)
    {
        Assert.SkipUnless(Command.Exists("setpriv"), "there is no setpriv (util-linux) to start a process without a capability");
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(host);

        (int exitCode, string output) = await Command.RunAsync(
            "setpriv", $"--bounding-set=-{capability}", $"--inh-caps=-{capability}", "dotnet", Visit.Program, host.NamespacePath, host.RunDirectory);

        Assert.Equal(1, exitCode);
        Assert.Contains($"refused as PermissionDenied: {subject}", output, StringComparison.Ordinal);
        Assert.Contains("CAP_NET_ADMIN", output, StringComparison.Ordinal);
        Assert.Equal(before, await KernelSnapshot.TakeAsync(host));
    }

    [Fact]
    public async Task With_all_of_them_nothing_is_refused()
    {
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(host);

        (int exitCode, string output) = await Command.RunAsync("dotnet", Visit.Program, host.NamespacePath, host.RunDirectory);

        Visit.AssertWentWell(exitCode, output);
        Assert.Equal(before, await KernelSnapshot.TakeAsync(host));
    }
}
