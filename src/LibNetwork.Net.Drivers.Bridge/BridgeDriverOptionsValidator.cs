using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Bridge;

internal sealed class BridgeDriverOptionsValidator : IValidateOptions<BridgeDriverOptions>
{
    private const int MaxPrefixLength = 8;

    public ValidateOptionsResult Validate(string? name, BridgeDriverOptions options)
    {
        if (options.HostInterfacePrefix is not { Length: >= 1 and <= MaxPrefixLength } || !InterfaceName.IsValid(options.HostInterfacePrefix + "0"))
        {
            return ValidateOptionsResult.Fail(
                $"{nameof(BridgeDriverOptions.HostInterfacePrefix)} is not 1 to {MaxPrefixLength} characters that an interface's name may have.");
        }

        return options.Mtu is null or (>= OptionReader.MinMtu and <= OptionReader.MaxMtu)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{nameof(BridgeDriverOptions.Mtu)} is {options.Mtu}, not {OptionReader.MinMtu} to {OptionReader.MaxMtu}.");
    }
}
