using System.CommandLine;
using MiniRuntime;
using MiniRuntime.Api;
using MiniRuntime.Compose;
using MiniRuntime.Demo;

// Signals are caught before anything is built, so that there is no moment at which one could leave something behind.
using Interrupt interrupt = new();
RootCommand root = new("A container runtime in miniature: shows what LibNetwork.Net does, and proves it with real traffic.")
{
    DemoCommand.Create(),
    CleanCommand.Create(),
    ServeCommand.Create(),
    UpCommand.Create(),
    DownCommand.Create(),
    PsCommand.Create(),
};
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = null };   // Interrupt does it
return await root.Parse(args).InvokeAsync(configuration, interrupt.Token);
