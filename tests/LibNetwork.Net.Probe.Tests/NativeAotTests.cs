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
}
