using LibNetwork.Linux;
using Microsoft.Extensions.Logging;

namespace MiniRuntime.Demo;

/// <summary>Prints the library's log, and every request to the kernel, to standard error.</summary>
internal sealed class VerboseLog : ILoggerProvider, ILogger, IKernelObserver
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Console.Error.WriteLine($"      {logLevel}: {formatter(state, exception)}");
        if (exception is not null)
        {
            Console.Error.WriteLine(exception);
        }
    }

    public void OnRequest(in KernelRequest request) => Console.Error.WriteLine($"      kernel: {request.Operation} {request.Subject}");

    public void Dispose()
    {
        // Holds nothing.
    }
}
