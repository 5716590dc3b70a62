using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Overlay;

internal sealed class OverlayDriverOptionsValidator : IValidateOptions<OverlayDriverOptions>
{
    public ValidateOptionsResult Validate(string? name, OverlayDriverOptions options)
    {
        if (options.AdvertiseAddress is not { AddressFamily: AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 } address || !NodeAddress.IsOne(address))
        {
            return ValidateOptionsResult.Fail(
                $"{nameof(OverlayDriverOptions.AdvertiseAddress)} is \"{options.AdvertiseAddress}\", not the address of one machine that others reach.");
        }

        if (options.Port is < 1 or > ushort.MaxValue)
        {
            return ValidateOptionsResult.Fail($"{nameof(OverlayDriverOptions.Port)} is {options.Port}, not 1 to {ushort.MaxValue}.");
        }

        return options.UnderlayMtu is null or (>= UnderlayMtu.Least and <= OptionReader.MaxMtu)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{nameof(OverlayDriverOptions.UnderlayMtu)} is {options.UnderlayMtu}, not {UnderlayMtu.Least} to {OptionReader.MaxMtu}.");
    }
}
