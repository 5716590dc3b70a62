using System.Globalization;

namespace LibNetwork.Drivers.Parents;

/// <summary>What the name of a parent says about how to make it.</summary>
internal readonly record struct ParentName(string Base, ushort Vlan)
{
    private const ushort LastVlan = 4094;   // IEEE 802.1Q: 0 and 4095 have other meanings

    /// <summary>The parent of a network that named none.</summary>
    public static InterfaceName Dummy(string driver, NetworkId network)
    {
        const int Digits = 12;
        return new InterfaceName($"d{driver[0]}-{network.Value[..Math.Min(Digits, network.Value.Length)]}");
    }

    /// <summary>Reads <c>INTERFACE.VLAN</c>.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: the name is no such thing.</exception>
    public static ParentName Parse(string subject, InterfaceName parent)
    {
        string[] parts = parent.Value.Split('.');
        if (parts is [{ Length: > 0 } wire, { Length: > 0 } tag]
            && ushort.TryParse(tag, NumberStyles.None, CultureInfo.InvariantCulture, out ushort vlan) && vlan is >= 1 and <= LastVlan)
        {
            return new ParentName(wire, vlan);
        }

        throw NetworkException.InvalidArgument(
            subject, ParentOptions.ParentLabel, $"there is no interface \"{parent}\", and to make one its name must be INTERFACE.VLAN with a VLAN from 1 to {LastVlan}");
    }
}
