using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Remote;

internal sealed class RemoteDriverOptionsValidator : IValidateOptions<RemoteDriverOptions>
{
    private const int LeastAnswerBytes = 1024;
    private const int MostAnswerBytes = 64 << 20;

    public ValidateOptionsResult Validate(string? name, RemoteDriverOptions options)
    {
        if (options.SocketFolders.Concat(options.SpecFolders).FirstOrDefault(static folder => !Path.IsPathRooted(folder)) is { } relative)
        {
            return ValidateOptionsResult.Fail($"{nameof(RemoteDriverOptions.SocketFolders)} and {nameof(RemoteDriverOptions.SpecFolders)}: \"{relative}\" does not begin with '/'.");
        }

        if (options.Patience < TimeSpan.Zero)
        {
            return ValidateOptionsResult.Fail($"{nameof(RemoteDriverOptions.Patience)} is {options.Patience}, less than 0.");
        }

        if (options.CallTimeout <= TimeSpan.Zero)
        {
            return ValidateOptionsResult.Fail($"{nameof(RemoteDriverOptions.CallTimeout)} is {options.CallTimeout}, not more than 0.");
        }

        return options.MaxAnswerBytes is >= LeastAnswerBytes and <= MostAnswerBytes
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{nameof(RemoteDriverOptions.MaxAnswerBytes)} is {options.MaxAnswerBytes}, not {LeastAnswerBytes} to {MostAnswerBytes}.");
    }
}
