using System.Runtime.InteropServices;
using LibNetwork.TestSupport;

namespace LibNetwork.Probe.Tests;

/// <summary>The library compiled ahead of time: without a warning, and it works.</summary>
[Trait("Category", "Kernel")]
public sealed class NativeAotTests
{
    [Fact]
    public async Task A_native_program_is_published_without_a_warning_and_works_on_the_kernel()
    {
        Assert.SkipUnless(Command.Exists("clang") || Command.Exists("gcc"), "NativeAOT needs a linker, and there is neither clang nor gcc");
        using TestHost host = await TestHost.CreateAsync(forwards: true);
        IReadOnlyList<string> before = await KernelSnapshot.TakeAsync(host);
        DirectoryInfo output = Directory.CreateTempSubdirectory("libnetwork-aot-");
        try
        {
            (int published, string log) = await Command.RunAsync(
                "dotnet", "publish", ProbeProject(), "-c", "Release", "-r", $"linux-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant(), "-o", output.FullName,
                "-p:NativeProbe=true", "-p:UseSharedCompilation=false", "-nodeReuse:false");
            (int exitCode, string said) = published == 0
                ? await Command.RunAsync(Path.Combine(output.FullName, "LibNetwork.Net.Probe"), host.NamespacePath, host.RunDirectory)
                : (published, log);

            Assert.DoesNotContain(": warning ", log, StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Combine(output.FullName, "LibNetwork.Net.Probe.dll")), "what was published is managed code");
            Visit.AssertWentWell(exitCode, said);
            Assert.Equal(before, await KernelSnapshot.TakeAsync(host));
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    private static string ProbeProject()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "LibNetwork.Net.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        return Path.Combine(root ?? throw new DirectoryNotFoundException("the sources are not there"), "tests", "LibNetwork.Net.Probe");
    }
}
