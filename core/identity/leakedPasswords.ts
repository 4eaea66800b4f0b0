/**
 * Words that passwords are made of, each worth little to somebody who guesses: the most frequent ones of leaked passwords
 * without their digits, and names of this product.
 *
 * @see https://github.com/django/django/blob/5.2/django/contrib/auth/common-passwords.txt.gz (by Royce Williams, shipped
 * under Django's BSD licence), from which both lists were taken
 */
export const GUESSED_WORDS: readonly string[] = `
aaaaa aaaaaa abcdef abcdefg adidas admin administrator adrian albert alexander alexandra
alexis alyssa amanda america andrea andrew andrey angel angela angelo angels anthony antonio
apple apples arsenal asdasd asdfasdf asdfgh asdfghjkl ashley august austin azerty babyboy
babygirl badboy badoo bailey banana bandit barbara barbie barcelona barney baseball
basketball batman beautiful beauty benjamin bismillah black blessed blink boomer brandon
brandy brittany bubba bubbles buddy buster butterfly california cameron canada carlos carmen
carolina caroline casper cassie changeme charles charlie charlotte cheese chelsea cherry
chester chicken chivas chocolate chris christ christian christine cjmasterinf claudia
cocacola coffee compaq computer contrasena cookie cooper costguard cowboy cowboys crazy
creative cristina crystal daddy dakota dallas dancer daniel daniela danielle david december
default denise dennis destiny dexter diablo diamond diosesfiel dolphin doudou dragon eagles
edward elephant elizabeth eminem emmanuel exigent family fernando ferrari florida flower
flowers football forever francis freedom friend friends fylhtq gabriel gangsta garfield
gemini genius george gfhjkm ghbdtn ginger golfer google green guitar gwerty hahaha hannah
happy hardcore harley heather heaven hello hellokitty hiphop hockey homelesspa horses
hotmail hottie hunter icecream iloveme iloveu iloveyou internet isabella jackie jackson
james jasmine jason jasper jennifer jeremy jessica jessie jesus johnny jonathan jordan
joseph joshua junior justin juventus karina killer kimberly kitten kitty krishna kristina
lakers lalala lastfm lauren leonardo letmein linkedin liverpool login london loser louise
loulou lovelove lovely loveme lover lovers loveyou lucky madison maggie manchester manuel
marina marlboro martin martina master matrix matthew maverick maxwell melanie melissa
mercedes merlin metallica mexico michael michelle mickey midnight miguel million molly mommy
money monica monkey monster morgan motdepasse mother muffin murphy music mustang mylove
mynoob myspace naruto natalie natasha nathan newyork nicholas nicolas nicole nikita nirvana
nothing november number october oliver olivia onelove orange pakistan parola pass passer
passion passw password passwort patricia patrick peaches peanut pepper phoenix pimpin
playboy player pokemon police poohbear pookie popcorn precious pretty prince princess
pumpkin purple qazqaz qazwsx qazwsxedc qazxsw qqqqqq qwaszx qweasd qweasdzxc qweqwe qwert
qwerty qwertyu qwertyui qwertyuiop rabbit rachel raiders rainbow ranger rangers rebecca
richard robert rockstar rocky ronaldo root sabrina sakura samantha sammy samson samsung
samuel sandra sayang school scooby scooter scorpio scorpion sebastian secret september
sergey shadow shannon shorty silver slipknot smokey snickers snoopy soccer softball soleil
sophie sparky spider spiderman spongebob stalker starwars status steelers stella stephanie
steven stupid success summer sunshine super superman sweety swordfish sydney target taylor
tennis test thomas thunder tiffany tiger tigers tigger tinkerbell tinkle toyota trustno
tudelft tweety twilight tyler user valentina vanessa veronica victor victoria vincent
vqsablpzla welcome whatever william windows winner winston winter woaini xxxxxx yagjecc
yamaha yankees yellow yuantuo zxcvbn zxcvbnm zzzzzz
`
  .trim()
  .split(/\s+/);

/** The passwords of twelve and more characters on that list: those that its length does not refuse. */
export const LEAKED_PASSWORDS: ReadonlySet<string> = new Set(
  `
000000000000 010203040506 0r968ji9ufj6 102030405060 111111111111 111111111111111
111222tianya 112233445566 123123123123 123321123321 123456123456 123456654321 1234567890-=
123456789000 12345678900987654321 1234567890123 12345678901234567890 1234567890987654321
1234567890qwertyuiop 1234567891011 123456789101112 123456789123 123456789123456
1234567891234567 123456789123456789 12345678987654321 123456789987654321 123456789abc
123456789asd 123456789qaz 123456789qwe 123456789qwerty 123456qwerty 123admin321a
123qwe123qwe 123qweasdzxc 159753159753 1q2w3e4r5t6y 1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i
1q2w3e4r5t6y7u8i9o 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc 1qaz2wsx3edc4rfv 1qazxsw23edc
520love101182 5532361cnjqrf abc123456789 administrator arabella24630 asdfghjkl123
asdfghjkl:&#39: avrillavigne christopher1 combat123654 cookiemonster cosmopolitan
counterstrike demon1q2w3e4r demon1q2w3e4r5t dfg5fhg5vgfh1 doomsayer.2.7mords.v
doomsayer.2.7mords.vv edwardcullen ezekiel11991 fallen_angel familiyafamiliya finalfantasy
g13916055158 gettherefast gfhjkmgfhjkm ghbdtnrfrltkf ghhh47hj7649 googletester hannahmontana
hawkesbury93 ichliebedich ihatethisgame ilovemyfamily imyaimyaimya inactive1996aug
ingodwetrust international internazionale jamesbond007 jesuslovesme jkiuztdftl57
john!20130605at1753 jundian2011xr justinbieber kartoffelpuffer knackwurst8853 laurel12creek
leavemealone leliane50934 lightpower12345 linkedin2011 liverpool123 lovelovelove
lydcc20091314 m01759766727 manchesterunited maprchem56458 marek14michal megaparol12345
michaeljackson migrationschool minecraft123 moderncombat n8zgt5p0shw= natiichen999
needforspeed neworleans12345 onedirection password1234 password12345 password123456
pe#5gz29ptzmse peanutbutter playstation2 playstation3 professional projectsadminx
przyjaciolki q1w2e3r4t5y6 q1w2e3r4t5y6u7i8o9p0 qazwsxedc123 qazwsxedcrfv qazwsxedcrfvtgb
qazxswedcvfr qwe123qwe123 qweasdzxc123 qwegta13091990 qwerasdfzxcv qwerty123456
qwerty123456789 qwertyasdfgh qwertyqwerty qwertyuiop12 qwertyuiop123 qwertyuiop[]
qwertyytrewq residentevil s8ylpe9jdpvym sdf7asdf6asdg8df sebastian106 seniseviyorum
sojdlg123aljg somanypickles27 sonnenschein sonyericsson startfinding starwarsfan10
stefangreil1983 stratocaster supernatural telechargement temppassword total12scherz
transformers vitor1268123 weronika1992 xantria10315 xtseo2011tdx yandi20080527 yemi19900911
yfdbufnjh10305070 zaq1xsw2cde3 zmx870919123 zxcasdqwe123
`
    .trim()
    .split(/\s+/),
);
