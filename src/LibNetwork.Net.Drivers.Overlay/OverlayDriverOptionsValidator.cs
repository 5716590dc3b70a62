using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace LibNetwork.Drivers.Overlay;

internal sealed class OverlayDriverOptionsValidator : IValidateOptions<OverlayDriverOptions>
{
    private static readonly TimeSpan LeastKeyOverlap = TimeSpan.FromSeconds(1), MostKeyOverlap = TimeSpan.FromDays(1);

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

        if (options.EncryptionPort is < 1 or >= ushort.MaxValue || options.Port - options.EncryptionPort is 0 or 1)
        {
            return ValidateOptionsResult.Fail(
                $"{nameof(OverlayDriverOptions.EncryptionPort)} is {options.EncryptionPort}, not 1 to {ushort.MaxValue - 1}, or it or the next is {nameof(OverlayDriverOptions.Port)}.");
        }

        if (options.KeyOverlap < LeastKeyOverlap || options.KeyOverlap > MostKeyOverlap)
        {
            return ValidateOptionsResult.Fail($"{nameof(OverlayDriverOptions.KeyOverlap)} is {options.KeyOverlap}, not {LeastKeyOverlap} to {MostKeyOverlap}.");
        }

        return options.UnderlayMtu is null or (>= UnderlayMtu.Least and <= OptionReader.MaxMtu)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"{nameof(OverlayDriverOptions.UnderlayMtu)} is {options.UnderlayMtu}, not {UnderlayMtu.Least} to {OptionReader.MaxMtu}.");
    }
}
