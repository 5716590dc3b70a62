using System.Text;
using Microsoft.Extensions.Logging;

namespace LibNetwork.Cni;

/// <summary>Writes warnings and errors to the standard error, where runtimes look for them. The standard output is the result's.</summary>
internal sealed class StandardErrorLogger<TCategory> : ILogger<TCategory>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
        => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            string cause = exception is null ? string.Empty : $" {exception.Message}";
            using Stream errors = StandardStreams.OpenError();
            errors.Write(Encoding.UTF8.GetBytes($"libnetwork-cni: {logLevel.ToString().ToLowerInvariant()}: {formatter(state, exception)}{cause}\n"));
        }
    }
}
