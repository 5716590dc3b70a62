using System.CommandLine;
using MiniRuntime.Compose.EngineClient;
using MiniRuntime.Compose.Reading;

namespace MiniRuntime.Compose;

/// <summary>What <c>up</c>, <c>down</c> and <c>ps</c> have in common: their options, and what becomes of errors.</summary>
internal static class ComposeCommand
{
    public static Option<string?> SocketOption() => new("--socket")
    {
        Description = $"The engine's socket; otherwise that of DOCKER_HOST, otherwise {EngineAddress.DefaultPath}.",
        HelpName = "PATH",
    };

    public static Option<string?> ProjectOption() => new("--project-name", "-p")
    {
        Description = "The project's name; otherwise that of COMPOSE_PROJECT_NAME, of the file, or of its folder.",
        HelpName = "NAME",
    };

    /// <summary>Finds the engine at the socket that was given, or else where it usually is.</summary>
    public static Task<EngineApi> OpenEngineAsync(string? socket, CancellationToken cancellationToken)
        => EngineApi.OpenAsync(EngineAddress.Find(socket), cancellationToken);

    /// <summary>Does the command's work; what goes wrong is said on standard error.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Func<Task> work, CancellationToken cancellationToken)
    {
        try
        {
            await work();
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (Expected(exception).All(cause => cause is not null))
        {
            foreach (string message in Expected(exception).Select(cause => cause!.Message).Distinct())   // just tested
            {
                await Console.Error.WriteLineAsync(message);
            }

            return ExitCode.Failed;
        }
    }

    // The causes that a user can do something about; null stands for one that is a fault of this program.
    private static IEnumerable<Exception?> Expected(Exception exception)
        => (exception is AggregateException several ? several.Flatten().InnerExceptions : (IEnumerable<Exception>)[exception])
            .Where(cause => cause is not OperationCanceledException)
            .Select(cause => cause is EngineRefusalException or EngineUnreachableException or StackException or StackFileException ? cause : null);
}
