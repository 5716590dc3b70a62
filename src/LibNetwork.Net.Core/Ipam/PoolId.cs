namespace LibNetwork.Ipam;

/// <summary>A pool's name: <c>space/subnet</c>, or <c>space/subnet/range</c> for a part of one. 3 or 5 pieces between slashes.</summary>
internal readonly record struct PoolId(string Space, Subnet Subnet, Subnet? Range)
{
    public static bool TryParse(string text, out PoolId id)
    {
        id = default;
        string[] pieces = text.Split('/');
        if (pieces.Length is not (3 or 5) || !Subnet.TryParse($"{pieces[1]}/{pieces[2]}", out Subnet subnet))
        {
            return false;
        }

        Subnet? range = null;
        if (pieces.Length == 5)
        {
            if (!Subnet.TryParse($"{pieces[3]}/{pieces[4]}", out Subnet part))
            {
                return false;
            }

            range = part;
        }

        id = new PoolId(pieces[0], subnet, range);
        return true;
    }

    public override string ToString() => Range is { } range ? $"{Space}/{Subnet}/{range}" : $"{Space}/{Subnet}";
}
