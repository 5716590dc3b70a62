using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LibNetwork.TestSupport;

/// <summary>A program of the repository, compiled ahead of time.</summary>
public static class NativeProgram
{
    /// <summary>Whether this machine can compile one.</summary>
    public static bool IsPossible { get; } = HostProgram.IsInstalled("clang") || HostProgram.IsInstalled("gcc");

    /// <summary>Compiles one into a folder that goes with this process.</summary>
    /// <param name="project">Its project's folder, from the repository's root.</param>
    /// <param name="name">What the program is called.</param>
    /// <param name="property">The project's property that asks for it.</param>
    /// <returns>The program, or <see langword="null"/> when it could not be compiled, and what the compiler said.</returns>
    public static async Task<(string? Program, string Log)> PublishAsync(string project, string name, string property)
    {
        string output = Directory.CreateTempSubdirectory("libnetwork-aot-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(output, recursive: true);
        string[] arguments =
        [
            "publish", Path.Combine(Root(), project), "-c", "Release", "-r", $"linux-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant(), "-o", output,
            $"-p:{property}=true", "-p:UseSharedCompilation=false", "-nodeReuse:false",
        ];
        ProcessStartInfo start = new("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;   // Process.Start gives a process for a new start info
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string log = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode == 0 ? Path.Combine(output, name) : null, log + await errors);
    }

    private static string Root()
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "LibNetwork.Net.sln")))
        {
            root = Path.GetDirectoryName(root);
        }

        return root ?? throw new DirectoryNotFoundException("the sources are not there");
    }
}
