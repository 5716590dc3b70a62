using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>A process in whose view of the files something lies over the kernel's parameters: what it would write does not reach them.</summary>
[Trait("Category", "Kernel")]
public sealed class OvermountedTests
{
    [Theory, Trait("Feature", "CN-41")]
    [InlineData("mount -t tmpfs none /proc/sys/net && mkdir /proc/sys/net/ipv4 && echo 0 > /proc/sys/net/ipv4/ip_forward", "another file system, or the wrong interface,")]
    [InlineData("mkdir \"$1/real\" && mount --bind /proc/sys/net \"$1/real\" && mount -t tmpfs none /proc/sys/net && ln -s \"$1/real/ipv4\" /proc/sys/net/ipv4", "a symbolic link")]
    public async Task What_lies_over_a_parameter_is_not_written_to(string attack, string reason)
    {
        Assert.SkipUnless(Command.Exists("unshare"), "there is no unshare (util-linux) to start a process with files of its own");
        using TestHost host = await TestHost.CreateAsync();
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(host);

        (int exitCode, string output) = await RunAsync(attack, host);

        Assert.NotEqual(0, exitCode);
        Assert.Contains($"{reason} is in the way", output, StringComparison.Ordinal);
        Assert.Equal(before, (await KernelSnapshot.TakeAsync(host)).Where(line => !line.EndsWith("/real", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task With_the_files_as_they_are_all_goes_well()
    {
        Assert.SkipUnless(Command.Exists("unshare"), "there is no unshare (util-linux) to start a process with files of its own");
        using TestHost host = await TestHost.CreateAsync();

        (int exitCode, string output) = await RunAsync("true", host);

        Visit.AssertWentWell(exitCode, output);
    }

    private static Task<(int ExitCode, string Output)> RunAsync(string attack, TestHost host) => Command.RunAsync(
        "unshare", "--mount", "sh", "-c", $"{attack} && exec dotnet \"$2\" \"$1/host\" \"$3\"", "sh", host.Folder, Visit.Program, host.RunDirectory);
}
